"""The URLs of AWS Organizations."""

from moto.organizations.urls import url_bases as url_bases

from .responses import SeededOrganizationsResponse

url_paths = {"{0}/$": SeededOrganizationsResponse.dispatch}
