"""Code that several commands use: AWS, Terraform, the sealed plan, the console. Imports no command."""
