"""What the tests stand on: real databases, a real browser, the real web application, and guards around them."""
