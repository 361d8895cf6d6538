"""Where AWS User Notifications Contacts answers."""

from .responses import NotificationsContactsResponse

url_bases = [r"https?://notifications-contacts\.(.+)\.amazonaws\.com"]

url_paths = {"{0}/.*$": NotificationsContactsResponse.dispatch}
