# A plan leaves dynamic blocks out: the variable with the role is all that can be seen of it.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "role" {
  default = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
}

provider "aws" {
  alias  = "payments"
  region = "ap-northeast-1"
  dynamic "assume_role" {
    for_each = [var.role]

    content {
      role_arn = assume_role.value
    }
  }
}

module "topic_this" {
  source = "./shared/sns"
  providers = {
    aws = aws.payments
  }
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
