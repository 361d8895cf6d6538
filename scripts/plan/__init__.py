"""`make plan`: plans every stack, judges the plans, shows what would change."""
