"""The client of any cluster where Rookery is installed, by the person's kubeconfig.

- `namespace`: reads and makes the objects of one namespace; begin here
- `cron_template`: makes a Job from a CronJob's template
- `job_logs`: follows a Job to its end by the logs of its pods
- `job_state`: reads from a Job and its pods how it ended, or what it waits for
- `deployments`: which Deployments are rolled out, and how one is restarted
- `status`: shows the parts, the newest Jobs and the models
- `forward`: leads a port of this machine to a Service
- `ui`: opens the user interfaces on ports of this machine
- `upload`: puts a file into the object store
- `forgetting`: erases a row and what was trained on it, Job by Job
- `database`: reaches the PostgreSQL of the chart as a role that reads
- `request_options`: the host name and the key with which the API is asked through the ingress
- `installation_secrets`: the Secrets of an installation, written once
- `secret_reference`: finds a value of a Secret through the Deployment that reads it
"""
