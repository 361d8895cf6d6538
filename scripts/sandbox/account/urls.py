"""The URLs of AWS Account Management."""

from .responses import AccountResponse

url_bases = [r"https?://account\.(.+)\.amazonaws\.com"]

url_paths = {"{0}/.*$": AccountResponse.dispatch}
