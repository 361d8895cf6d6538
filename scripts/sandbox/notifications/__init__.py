"""AWS User Notifications."""

from .models import notifications_backends as notifications_backends
