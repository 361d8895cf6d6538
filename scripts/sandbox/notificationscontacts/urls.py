"""The URLs of AWS User Notifications Contacts."""

from .responses import NotificationsContactsResponse

url_bases = [r"https?://notifications-contacts\.(.+)\.amazonaws\.com"]

url_paths = {"{0}/.*$": NotificationsContactsResponse.dispatch}
