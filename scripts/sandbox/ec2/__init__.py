"""Amazon EC2: moto's, whose DescribeRegions would answer with Regions that an account has not enabled."""
