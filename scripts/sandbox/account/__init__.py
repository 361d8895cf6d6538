"""AWS Account Management: alternate contacts, primary contact, root email, regions."""
