"""Answers of AWS User Notifications Contacts."""

from moto.core.responses import ActionResult

from scripts.sandbox.service import ModelledResponse

from .models import NotificationsContactsBackend, notificationscontacts_backends


class NotificationsContactsResponse(ModelledResponse):
    """One request to AWS User Notifications Contacts."""

    def __init__(self) -> None:
        super().__init__(service_name="notificationscontacts")

    @property
    def backend(self) -> NotificationsContactsBackend:
        backend: NotificationsContactsBackend = notificationscontacts_backends[self.current_account][self.partition]
        return backend

    def create_email_contact(self) -> ActionResult:
        contact = self.backend.create(self.params["name"], self.params["emailAddress"], self.params.get("tags") or {})
        return self.answer({"arn": contact.arn})

    def get_email_contact(self) -> ActionResult:
        return self.answer({"emailContact": self.backend.get(self.params["arn"]).describe()})

    def list_email_contacts(self) -> ActionResult:
        contacts, token = self.page(list(self.backend.contacts.values()))
        return self.answer({"emailContacts": [contact.describe() for contact in contacts], "nextToken": token})

    def delete_email_contact(self) -> ActionResult:
        del self.backend.contacts[self.backend.get(self.params["arn"]).arn]
        return self.answer()

    def send_activation_code(self) -> ActionResult:
        self.backend.send_activation_code(self.params["arn"])
        return self.answer()

    def activate_email_contact(self) -> ActionResult:
        self.backend.activate(self.params["arn"], self.params["code"])
        return self.answer()

    def list_tags_for_resource(self) -> ActionResult:
        return self.answer({"tags": self.backend.get(self.params["arn"]).tags})

    def tag_resource(self) -> ActionResult:
        self.backend.get(self.params["arn"]).tags.update(self.params["tags"])
        return self.answer()

    def untag_resource(self) -> ActionResult:
        tags = self.backend.get(self.params["arn"]).tags
        for key in self.params["tagKeys"]:
            tags.pop(key, None)
        return self.answer()
