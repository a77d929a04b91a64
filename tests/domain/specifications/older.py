# SPDX-License-Identifier: MIT
"""Specifications as they stand in old pages, scripts and archives, with a key and a signature in most of them."""

from __future__ import annotations

ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # AWS's own example, which opens nothing
SIGNATURE = "Rm9yVGhlUmVjb3JkT25seQ9x+zA="
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/my-queue"
TOPIC = "arn:aws:sns:us-east-1:123456789012:my-topic"

STRUCTURE = """<Notification>
  <Destination>janedoe@example.com</Destination>
  <Transport>Email</Transport>
  <Version>2006-05-05</Version>
  <EventType>AssignmentSubmitted</EventType>
  <EventType>HITReviewable</EventType>
</Notification>"""

PAGE = """https://mechanicalturk.amazonaws.com/?Service=AWSMechanicalTurkRequester
&AWSAccessKeyId=[the Requester's Access Key ID]
&Version=2014-08-15
&Operation=SetHITTypeNotification
&Signature=[signature for this request]
&Timestamp=[your system's local time]
&HITTypeId=T100CN9P324W00EXAMPLE
&Notification.1.Destination=janedoe@example.com
&Notification.1.Transport=Email
&Notification.1.Version=2006-05-05
&Notification.1.EventType=AssignmentSubmitted
&Notification.1.EventType=HITReviewable"""

URL = (
    "https://mechanicalturk.amazonaws.com/onca/xml?Service=AWSMechanicalTurkRequester&Operation=SetHITTypeNotification"
    f"&AWSAccessKeyId={ACCESS_KEY}&Signature={SIGNATURE.replace('+', '%2B')}&Timestamp=2012-01-01T00%3A00%3A00Z"
    "&HITTypeId=3ABC&Active=false&Notification.1.Destination=jane%2Bturk%40example.com&Notification.1.Transport=Email"
    "&Notification.1.EventType.1=HITExpired&Notification.1.EventType.2=AssignmentAutoApproved"
)

FORM = f"""Service=AWSMechanicalTurkRequester
AWSAccessKeyId={ACCESS_KEY}
Signature={SIGNATURE}
Operation=SendTestEventNotification
TestEventType=HITReviewable
Notification.1.Destination={QUEUE}
Notification.1.Transport=SQS
Notification.1.Version=2014-08-15
Notification.1.EventType=HITReviewable"""

CURL = f"""curl -s -d 'Service=AWSMechanicalTurkRequester&Operation=SendTestEventNotification' \\
  -d AWSAccessKeyId={ACCESS_KEY} --data-urlencode 'Signature={SIGNATURE}' \\
  --data-urlencode 'Notification.1.Destination=https://me:hunter2@lab.org/notify?course=7' \\
  -d Notification.1.Transport=REST -d Notification.1.Version=2006-10-31 \\
  -d Notification.1.EventType.1=AssignmentSubmitted https://mechanicalturk.amazonaws.com/"""

LOG = f'10.0.0.1 - - [01/Jan/2012] "GET {URL.removeprefix("https://mechanicalturk.amazonaws.com")} HTTP/1.1" 200 -'

SOAP = f"""<?xml version="1.0"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
<SetHITTypeNotification xmlns="http://requester.mturk.amazonaws.com/doc/2006-05-05">
  <AWSAccessKeyId>{ACCESS_KEY}</AWSAccessKeyId><Signature>{SIGNATURE}</Signature>
  <Request><HITTypeId>3ABC</HITTypeId>
    <Notification><Destination>http://lab.org/soap</Destination><Transport>SOAP</Transport>
      <Version>2006-05-05</Version><EventType>Ping</EventType><EventType>HITExpired</EventType></Notification>
    <Active>true</Active></Request>
</SetHITTypeNotification></soapenv:Body></soapenv:Envelope>"""

BOTO2_EMAIL = f"""from boto.mturk.connection import MTurkConnection
conn = MTurkConnection('{ACCESS_KEY}', '{SECRET_KEY}')
address = "jane@example.com"
conn.set_email_notification("3ABC", address, event_types=["AssignmentSubmitted", 'HITExpired'])
"""
BOTO2_REST = "conn.set_rest_notification(hit_type, base + '/notify', ['HITReviewable'])"
BOTO2_SQS = f"mtc.set_sqs_notification(hit_type='3ABC', queue_url={QUEUE!r})"
BOTO2_TEST = "conn.send_test_event_notification('3ABC', 'http://lab.org/n', ['HITReviewable'])"

BOTO3 = f"""client = boto3.client('mturk', aws_access_key_id='{ACCESS_KEY}', aws_secret_access_key='{SECRET_KEY}')
client.update_notification_settings(
    HITTypeId='3ABC',
    Notification={{
        'Destination': {QUEUE!r},  # the lab's
        'Transport': 'SQS', 'Version': '2014-08-15', 'EventTypes': ['AssignmentSubmitted'],
    }},
    Active=False,
)"""

CLI = f"""AWS_SECRET_ACCESS_KEY={SECRET_KEY} aws mturk update-notification-settings --hit-type-id 3ABC --active \\
  --notification Destination={QUEUE},Transport=SQS,Version=2006-05-05,EventTypes=AssignmentSubmitted,HITReviewable"""

JAVASCRIPT_2 = f"""var mturk = new AWS.MTurk({{ accessKeyId: '{ACCESS_KEY}', secretAccessKey: "{SECRET_KEY}" }});
const params = {{ HITTypeId: "3ABC", Active: true,
  Notification: {{ Destination: "{TOPIC}", Transport: "SNS", Version: "2014-08-15", EventTypes: ["HITExpired"] }} }};
mturk.updateNotificationSettings(params, function (err, data) {{ console.log(err, data); }});"""
JAVASCRIPT_3 = f"""await client.send(new SendTestEventNotificationCommand({{
  Notification: {{ Destination: "{TOPIC}", Transport: "SNS", Version: "2014-08-15", EventTypes: ["HITExpired"] }},
  TestEventType: "Ping", }}));"""

BRACES = """https://mechanicalturk.amazonaws.com/?Service=AWSMechanicalTurkRequester
&AWSAccessKeyId={{[the Requester's Access Key ID]}}
&Operation=SendTestEventNotification
&Signature={{[signature for this request]}}
&Timestamp={{[your system's local time]}}
&Notification.1.Destination=janedoe@example.com
&Notification.1.Transport=Email
&Notification.1.Version=2006-05-05
&Notification.1.EventType=AssignmentSubmitted
&TestEventType=AssignmentSubmitted"""

ONE_LINE = (
    "http://mechanicalturk.amazonaws.com/onca/xml?Service=AWSMechanicalTurkRequester &AWSAccessKeyId=[the Requester's "
    "Access Key ID]&Operation=SendTestEventNotification &Signature=[signature for this request]&Timestamp=[your "
    f"system's local time]&Notification.1.Destination={QUEUE} &Notification.1.Transport=SQS "
    "&Notification.1.Version=2006-05-05 &Notification.1.EventType=AssignmentSubmitted "
    "&TestEventType=AssignmentSubmitted"
)

WORDS = (
    f"turk Operation=SendTestEventNotification Notification.1.Destination={QUEUE} Notification.1.Transport=SQS "
    "Notification.1.Version=2006-05-05 Notification.1.EventType=HITReviewable"
)

DICTIONARY = """def set_notification(self, hit_type_id):
    url = 'http://lab.org/n'
    data = {
        'AWSAccessKeyId': self.aws_key,
        'HITTypeId': hit_type_id,
        'Notification.1.Active': 'True',
        'Notification.1.Destination': url,
        'Notification.1.EventType.1': 'AssignmentSubmitted',
        'Notification.1.EventType.2': 'HITExpired',
        'Notification.1.Transport': 'REST',
        'Notification.1.Version': '2006-05-05',
        'Operation': 'SetHITTypeNotification',
        'Timestamp': time.strftime(ISO8601, time.gmtime()),
    }
"""

PHP = """$data = array(  'HITTypeId'                  => $hitTypeId,
                'Notification.1.Version'     => '2006-05-05', //still the newest version
                'Notification.1.Transport'   => 'Email',
                'Notification.1.Destination' => 'jane@example.com',
                'Notification.1.EventType'   => $eventType
);"""

RUBY = """@@mturk.SetHITTypeNotification(
  :HITTypeId => "3ABC",
  :Notification => {
    :Destination => "jane@example.com", :Transport => "Email",
    :EventType => "AssignmentSubmitted", :Version => "2006-05-05"
  },
  :Active => true
)"""

MTURKR = f"""n <- GenerateNotification("{QUEUE}", transport = "SQS",
                          event.type = c("AssignmentSubmitted", "HITExpired"))
SetHITTypeNotification(hit.type = "3ABC", notification = n, active = TRUE)"""

WRAPPER = """def set_rest_notification(self, url, hit_type_id):
    return self.mturk.set_rest_notification(
        hit_type_id, 'http://lab.org/n', ("AssignmentSubmitted", "HITExpired"))"""

BROKEN = f"""https://mechanicalturk.amazonaws.com/?Service=AWSMechanicalTurkRequester&AWSAccessKeyId={ACCESS_KEY}&Ope
ration=SetHITTypeNotification&Signature={SIGNATURE.replace("+", "%2B")}&HITTypeId=3ABC&Notification.1.
Destination=https://sqs.us-east-1.amazonaws.com/123456
789012/my-queue&Notification.1.Transport=SQS&Notification.1.Ver
sion=2006-05-05&Notification.1.EventType=HITExp
ired"""

ESCAPED = """&lt;Notification&gt;
  &lt;Destination&gt;janedoe@example.com&lt;/Destination&gt;
  &lt;Transport&gt;Email&lt;/Transport&gt;
  &lt;Version&gt;2006-05-05&lt;/Version&gt;
  &lt;EventType&gt;AssignmentSubmitted&lt;/EventType&gt;
&lt;/Notification&gt;"""

ARGUMENTS = f"""HITTypeId='3ABC',
Notification={{
    'Destination': '{TOPIC}', 'Transport': 'SNS', 'Version': '2006-05-05', 'EventTypes': ['HITExpired'],
}},
Active=True"""

SKELETON = """{"HITTypeId": "", "Notification": {"Destination": "", "Transport": "SQS", "Version": "",
 "EventTypes": ["AssignmentRejected"]}, "Active": true}"""

HISTORY = f"""[
{{"id": 7, "kind": "test", "transport": "SNS", "destination": "{TOPIC}", "version": "2006-05-05",
  "events": ["HITExpired"], "event": "Ping", "raw": ""}},
{{"id": 6, "kind": "test", "transport": "Email", "destination": "a@example.com", "version": "2006-05-05",
  "events": [], "event": "Ping", "raw": ""}}
]"""

RECORD = f"""{{
"format": "mturk-notification-tester record", "version": 2, "account": "Lab", "environment": "sandbox", "count": 1,
"lines": [
{{"hit_type_id": "3ABC", "sent": null, "active": false, "after": {{"spec": {{"Destination": "{QUEUE}",
  "Transport": "SQS", "Version": "2006-05-05", "EventTypes": ["HITExpired"]}}, "active": false}}}}
]}}"""

EVERY = {
    name.lower().replace("_", "-"): text
    for name, text in list(globals().items())
    if name.isupper() and name not in {"ACCESS_KEY", "SECRET_KEY", "SIGNATURE", "QUEUE", "TOPIC"}
}
"""By a name for each."""
