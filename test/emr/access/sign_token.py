# A token for a database of RDS as botocore signs it, at a moment that is given. In: a JSON object on stdin. Out: the token.

import datetime
import json
import sys

import botocore.auth
import botocore.credentials
import botocore.session


def main():
    asked = json.load(sys.stdin)
    moment = datetime.datetime.fromisoformat(asked["moment"])
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: moment.replace(tzinfo=None) if remove_tzinfo else moment
    session = botocore.session.Session()
    session.set_credentials(asked["key"], asked["secret"], asked.get("token"))
    client = session.create_client("rds", region_name=asked["region"])
    print(client.generate_db_auth_token(DBHostname=asked["host"], Port=asked["port"], DBUsername=asked["user"]), end="")


main()
