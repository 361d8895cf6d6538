# No AWS account anywhere.
resource "terraform_data" "this" {}
