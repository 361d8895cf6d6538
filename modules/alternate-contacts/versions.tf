terraform {
  # 1.3 brought optional() object attributes. Nothing newer is used, so OpenTofu and every current Terraform will do.
  required_version = ">= 1.3.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0.0, < 7.0.0"
    }
  }
}
