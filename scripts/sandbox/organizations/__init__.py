"""AWS Organizations: moto's, with the accounts of an inventory and AWS's errors."""
