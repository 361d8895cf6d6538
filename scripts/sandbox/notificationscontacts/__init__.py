"""AWS User Notifications Contacts."""

from .models import notificationscontacts_backends as notificationscontacts_backends
