# No AWS anywhere: the pack does not apply.
resource "terraform_data" "this" {}
