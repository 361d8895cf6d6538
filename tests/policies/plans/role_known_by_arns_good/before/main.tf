provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "role" {
  default = "OrganizationAccountAccessRole"
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/${var.role}"
  }
}

provider "aws" {
  alias  = "payments_tokyo"
  region = "ap-northeast-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/${var.role}"
  }
}

resource "aws_sns_topic" "payments" {
  provider = aws.payments
  name     = "payments"
}

resource "aws_sns_topic" "payments_tokyo" {
  provider = aws.payments_tokyo
  name     = "payments"
}
