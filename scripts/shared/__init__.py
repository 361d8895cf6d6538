"""What the commands share: AWS, Terraform, the sealed plan, the console. Imports no command."""
