"""The URLs of AWS STS: moto's."""

from moto.sts.urls import url_bases as url_bases
from moto.sts.urls import url_paths as url_paths
