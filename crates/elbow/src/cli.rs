//! The command line: what can be said, not what it does. Help, man page and completions come from here.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use elbow_demo::fleet::SESSIONS_VARIABLE;

use crate::settings::Given;

/// An elastic load balancer that anyone can run, with the best sticky sessions there are.
///
/// It speaks the AWS Elastic Load Balancing API, so that `aws elbv2 --endpoint-url …`, boto3 and the SDKs work
/// unchanged, and moves real HTTP traffic.
#[derive(Debug, Parser)]
#[command(
    name = "elbow",
    version,
    propagate_version = false,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the load balancer and its API
    Serve(Serve),
    /// Show a load balancer with sticky carts in front of three targets, complete and disposable
    Demo(Demo),
    /// Print a link that opens the web console, signed in
    Console(Console),
    /// Tell where a request would go, why, and what its cookies say
    Explain(Explain),
    /// Tell where the sessions of a target group or a Classic listener live now
    Sessions(Sessions),
    /// Manage the pairs that may sign API calls
    #[command(subcommand)]
    Credentials(Credentials),
    /// Manage the keys that seal stickiness cookies
    #[command(subcommand)]
    Keys(Keys),
    /// Manage the instance directory, where targets of type instance live
    #[command(subcommand)]
    Instance(Instance),
    /// Manage certificates and the local authority that issues some of them
    #[command(subcommand)]
    Certificate(Certificate),
    /// Write the whole configuration as JSON to standard output
    Export(Export),
    /// Read a configuration as JSON, as export writes it
    Import(Import),
    /// Write templates that put other load balancers in the place of those that are there
    #[command(subcommand)]
    Migrate(Migrate),
    /// Write a completion script for a shell to standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a man page to standard output, or all of them to files
    Man(Man),
    /// One cart target of the demo; started by `elbow demo`
    #[command(hide = true)]
    DemoTarget(DemoTarget),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Settings file in TOML; its keys are the flags below without the dashes
    #[arg(long, value_name = "FILE", env = "ELBOW_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) given: Given,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Port of the load balancer
    #[arg(long, value_name = "PORT", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,

    /// Port of the load balancer over HTTPS
    #[arg(long, value_name = "PORT", default_value_t = 8443, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) https_port: u16,

    /// Port of the API
    #[arg(long, value_name = "PORT", default_value_t = 7070)]
    pub(crate) api_port: u16,

    /// Where the carts keep their sessions: memory, or redis://[[USER]:PASSWORD@]HOST:PORT. Every user of this machine
    /// can see a flag; give a password by the variable ELBOW_SESSIONS
    #[arg(long, value_name = "WHERE", default_value = "memory", env = SESSIONS_VARIABLE, hide_env_values = true)]
    pub(crate) sessions: String,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command that is described, such as `credentials create` [default: the program]
    pub(crate) command: Vec<String>,

    /// Write every page into this directory, which is created if it is missing
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) directory: Option<PathBuf>,
}

/// Where it keeps its sessions comes by the variable that [`SESSIONS_VARIABLE`] names.
#[derive(Debug, Args)]
pub(crate) struct DemoTarget {
    /// Name of the target
    #[arg(long)]
    pub(crate) name: String,
    /// Zone it runs in
    #[arg(long)]
    pub(crate) zone: String,
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Address of the demo's control server
    #[arg(long)]
    pub(crate) control: SocketAddr,
}

/// The database that a command works on; the server may be running.
#[derive(Debug, Args)]
pub(crate) struct Data {
    /// Directory of the database and its key file [default: ./elbow-data]
    #[arg(long, value_name = "DIR", env = "ELBOW_DATA_DIR", global = true)]
    pub(crate) data_dir: Option<PathBuf>,

    /// File of the key that seals secrets in it [default: master.key in that directory]
    #[arg(long, value_name = "FILE", env = "ELBOW_MASTER_KEY_FILE", global = true)]
    pub(crate) master_key_file: Option<PathBuf>,
}

/// The link works once, within five minutes, on the machine that the server runs on. It signs in with the oldest pair of
/// the data directory.
#[derive(Debug, Args)]
pub(crate) struct Console {
    /// Open it in the browser instead
    #[arg(long)]
    pub(crate) open: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

/// A running server.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// Where the API is
    #[arg(
        long,
        value_name = "URL",
        env = "AWS_ENDPOINT_URL",
        hide_env_values = true,
        default_value = "http://127.0.0.1:7070"
    )]
    pub(crate) endpoint_url: String,

    /// Region of the load balancers
    #[arg(long, value_name = "REGION", env = "AWS_DEFAULT_REGION", default_value = "us-east-1")]
    pub(crate) region: String,

    #[command(flatten)]
    pub(crate) data: Data,
}

/// The request is said in parts, or given as a whole as `curl -v` or a browser shows it. Nothing is sent to a target.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Name of the load balancer, of either kind
    pub(crate) load_balancer: String,

    /// Port of its listener [default: the only one]
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,

    /// The header Cookie: `AWSALB=…; sid=…`
    #[arg(long, short = 'b', value_name = "COOKIES")]
    pub(crate) cookie: Option<String>,

    /// Path and query [default: /]
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,

    /// The header Host
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,

    /// The method [default: GET]
    #[arg(long, short = 'X', value_name = "METHOD")]
    pub(crate) method: Option<String>,

    /// Another header, `NAME: VALUE`; may be given several times
    #[arg(long, short = 'H', value_name = "HEADER")]
    pub(crate) header: Vec<String>,

    /// Address of the client [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) source_ip: Option<IpAddr>,

    /// File with the head of the request as a whole; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cookie", "path", "host", "method", "header"])]
    pub(crate) request: Option<PathBuf>,

    /// Print the answer of the API
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

/// Numbers of sessions are estimates, within 3 % nearly always.
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    /// Name of the target group, or of the Classic Load Balancer
    pub(crate) name: String,

    /// Port of the listener of a Classic Load Balancer [default: the only one]
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,

    /// Print the answer of the API
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Credentials {
    /// Make a pair and print it
    Create {
        #[command(flatten)]
        data: Data,
    },
    /// List the pairs without their secrets
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Print one pair with its secret
    Show {
        /// The access key id
        id: String,
        #[command(flatten)]
        data: Data,
    },
    /// Print the oldest pair as variables for a shell to evaluate
    Env {
        #[command(flatten)]
        data: Data,
    },
    /// Take a pair away: calls that it signs are refused from now on
    Revoke {
        /// The access key id
        id: String,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a new key now; cookies of the old ones stay good
    Rotate {
        #[command(flatten)]
        data: Data,
    },
    /// List the generations and what each is used for
    List {
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Instance {
    /// Add an instance or change where it is
    Put {
        /// Its id, i-…
        id: String,
        /// Where its ports are reached
        #[arg(long, value_name = "IP")]
        address: IpAddr,
        /// The zone it runs in
        #[arg(long, value_name = "ZONE")]
        zone: String,
        #[command(flatten)]
        data: Data,
    },
    /// List the instances
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Take an instance away; it must not be registered with a target group
    Remove {
        /// Its id, i-…
        id: String,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Certificate {
    /// Import a certificate with its private key from PEM files and print its ARN
    Import {
        /// The certificate alone
        #[arg(long, value_name = "FILE")]
        cert: PathBuf,
        /// Its private key, not encrypted
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// What certifies it, each certificate the one before
        #[arg(long, value_name = "FILE")]
        chain: Option<PathBuf>,
        /// Put it in place of what this certificate holds, instead of making a new one
        #[arg(long, value_name = "ARN")]
        arn: Option<String>,
        /// Stay, and import the files again whenever they change; needs the ARN that a first import has printed, so that
        /// each start means the same certificate
        #[arg(long, requires = "arn")]
        watch: bool,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        data: Data,
    },
    /// Issue a certificate by the local authority and print its ARN
    Issue {
        /// What it is good for: domain names, whose first part may be *, and addresses
        #[arg(value_name = "NAME", required = true)]
        names: Vec<String>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        data: Data,
    },
    /// List the certificates
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Print a certificate and its chain in PEM
    Show {
        /// Its ARN
        arn: String,
        /// Print its private key too
        #[arg(long)]
        with_private_key: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Write the local authority's certificate to a file and print the command that makes this system trust it
    Trust {
        #[command(flatten)]
        data: Data,
    },
}

/// Who sees a certificate: callers of this region and account.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Region whose callers see it
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub(crate) region: String,

    /// Account that it belongs to
    #[arg(long, value_name = "DIGITS", env = "ELBOW_ACCOUNT_ID", default_value = "000000000000")]
    pub(crate) account_id: String,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Write credentials, stickiness keys, certificates and NoEcho parameters of stacks with their secrets too
    #[arg(long)]
    pub(crate) with_secrets: bool,

    #[command(flatten)]
    pub(crate) data: Data,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file to read, - for standard input
    pub(crate) file: PathBuf,

    /// Replace a configuration that is there already
    #[arg(long)]
    pub(crate) replace: bool,

    #[command(flatten)]
    pub(crate) data: Data,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Migrate {
    /// Write the CloudFormation template of an Application Load Balancer that does what a Classic one does
    ///
    /// The API is asked for the load balancer; the questions are signed with the variables AWS_ACCESS_KEY_ID,
    /// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, which `elbow credentials env` prints. Nothing is changed. The template
    /// goes to standard output; what it cannot carry over, and what to do instead, to standard error.
    Classic {
        /// Name of the Classic Load Balancer
        name: String,
        /// Region that it is in
        #[arg(long, value_name = "REGION", env = "AWS_DEFAULT_REGION", default_value = "us-east-1")]
        region: String,
        /// Where the API is
        #[arg(
            long,
            value_name = "URL",
            env = "AWS_ENDPOINT_URL",
            hide_env_values = true,
            default_value = "http://127.0.0.1:7070"
        )]
        endpoint_url: String,
    },
}
