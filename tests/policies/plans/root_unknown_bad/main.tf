# A root user email known only after apply.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_sns_topic" "first" {
  name = "first"
}

resource "aws_organizations_account" "single" {
  name  = "single"
  email = "aws-root+${aws_sns_topic.first.arn}@kaede.example"
}
