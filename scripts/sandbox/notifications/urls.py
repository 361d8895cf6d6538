"""The URLs of AWS User Notifications."""

from .responses import NotificationsResponse

url_bases = [r"https?://notifications\.(.+)\.amazonaws\.com"]

url_paths = {"{0}/.*$": NotificationsResponse.dispatch}
