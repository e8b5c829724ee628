//! The binary and its subcommands. Results on stdout, logs on stderr; exit 0, 1 (failed) or 2 (wrong use).

mod admin;
mod backup;
mod bench;
mod config;
mod demo;
mod doctor;
mod first_run;
mod open;
mod serve;
mod sim;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use engine::access::Role;
use engine::contact::file::OnFault;
use engine::contact::import::Start;
use engine::ids::{ChannelId, ProviderId, WorkspaceId};
use engine::workspace::Mode;
use secrecy::SecretString;

use crate::config::Config;

/// Enishi (縁): the CRM for LINE that proves what each message caused.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    #[command(flatten)]
    House(Command),
    #[command(flatten)]
    Analyst(analyst::Command),
}

#[derive(Subcommand)]
enum Command {
    /// Run the server. Prints `ready URL` when it answers.
    Serve,
    /// Run a LINE Platform on this machine, with phones in the browser.
    Sim(sim::SimArgs),
    /// A shop with a year behind it: admin and phones in the browser, nothing to set up.
    Demo(demo::DemoArgs),
    /// Measure this machine and Enishi on it.
    Bench(bench::BenchArgs),
    /// Check the installation and say what to do.
    Doctor,
    /// Copy database and media into a new folder, also while the server runs.
    Backup {
        /// The folder to make.
        to: PathBuf,
    },
    /// Put a backup into an empty data folder; open sends are held until released.
    Restore {
        /// The backup's folder.
        from: PathBuf,
    },
    /// Workspaces (one per shop).
    #[command(subcommand)]
    Workspace(WorkspaceCommand),
    /// LINE Official Accounts.
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// Staff.
    #[command(subcommand)]
    User(UserCommand),
    /// API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Files into the database.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Print the documented default settings.
    Config,
}

#[derive(Subcommand)]
enum WorkspaceCommand {
    /// Make a workspace; prints JSON with its id.
    Add {
        /// The shop's name.
        #[arg(long)]
        name: String,
        /// Its time zone.
        #[arg(long, default_value = "Asia/Tokyo")]
        zone: String,
    },
}

#[derive(Subcommand)]
enum ChannelCommand {
    /// Connect a LINE account; prints JSON with its id and webhook path.
    Add(ChannelArgs),
}

#[derive(Args)]
struct ChannelArgs {
    /// Workspace id.
    #[arg(long)]
    workspace: WorkspaceId,
    /// Provider id; left out: the workspace's only one.
    #[arg(long)]
    provider: Option<ProviderId>,
    /// How staff call it.
    #[arg(long)]
    name: String,
    /// LINE's channel id.
    #[arg(long)]
    channel_id: String,
    /// Channel secret (also from the environment, so that it stands in no history).
    #[arg(long, env = "ENISHI_CHANNEL_SECRET", hide_env_values = true)]
    channel_secret: SecretString,
    /// Long-lived channel access token; left out: short ones are issued as needed.
    #[arg(long, env = "ENISHI_CHANNEL_TOKEN", hide_env_values = true)]
    access_token: Option<SecretString>,
    /// 送信のみ: the webhook stays with another tool.
    #[arg(long)]
    send_only: bool,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add a member of staff; the password comes on standard input.
    Add {
        /// Workspace id.
        #[arg(long)]
        workspace: WorkspaceId,
        /// Mail address.
        #[arg(long)]
        email: String,
        /// owner, marketer, operator or viewer.
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Let somebody who lost phone and recovery codes log in with the password alone.
    ResetSecondStep {
        /// Workspace id.
        #[arg(long)]
        workspace: WorkspaceId,
        /// Mail address.
        #[arg(long)]
        email: String,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Issue an API token; prints only the token.
    Add {
        /// Workspace id.
        #[arg(long)]
        workspace: WorkspaceId,
        /// owner, marketer, operator or viewer.
        #[arg(long, value_parser = role)]
        role: Role,
        /// What it is for.
        #[arg(long, default_value = "command line")]
        name: String,
    },
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Take in friends from a CSV or NDJSON file. Starts no greeting and no journey unless told to.
    Contacts {
        /// Channel id.
        #[arg(long)]
        channel: ChannelId,
        /// Take the good rows in even when others have faults.
        #[arg(long)]
        good_rows: bool,
        /// What may start: greeting (for new friends), journeys (by a follow or a tag), or both. These are pushes that
        /// count in the month's quota.
        #[arg(long, value_delimiter = ',', value_parser = start)]
        start: Vec<Start>,
        /// The file.
        file: PathBuf,
    },
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|()| "owner, marketer, operator, viewer のどれかです".to_owned())
}

fn start(text: &str) -> Result<Start, String> {
    text.parse().map_err(|()| "greeting, journeys のどちらか、または両方(コンマ区切り)です".to_owned())
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let command = match cli.task {
        Task::House(command) => command,
        Task::Analyst(command) => return analyst::main(&command),
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("ENISHI_LOG").unwrap_or_else(|_| "warn,enishi=info".into()))
        .with_writer(std::io::stderr)
        .json()
        .init();
    // One provider for every TLS connection of the process; a second installation would be the only error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(run(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// One clear line: what failed and why.
fn fail(error: &anyhow::Error) -> ExitCode {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    eprintln!("enishi: {}", chain.join(": "));
    ExitCode::FAILURE
}

/// A result for whoever called: one line on stdout.
fn say(line: impl std::fmt::Display) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

async fn run(command: Command) -> Result<()> {
    let command = match command {
        Command::Sim(args) => return sim::run(args).await,
        Command::Demo(args) => return demo::run(args).await,
        Command::Bench(args) => return bench::run(args).await,
        Command::Config => return say(config::DEFAULT.trim_end()),
        other => other,
    };
    let config = Config::load()?;
    match command {
        Command::Serve => {
            serve::run(&config, serve::asked_to_stop(), |address, engine| {
                let _ = say(format_args!("ready {address}"));
                tokio::spawn(first_run::greet(engine.clone()));
            })
            .await
        }
        Command::Doctor => doctor::run(&config).await,
        Command::Restore { from } => say(backup::restore(&config, &from).await?),
        beside => {
            let engine = open::beside(&config).await?;
            match beside {
                Command::Backup { to } => say(backup::backup(&config, &engine, &to).await?),
                Command::Workspace(WorkspaceCommand::Add { name, zone }) => say(admin::add_workspace(&engine, name, zone).await?),
                Command::Channel(ChannelCommand::Add(args)) => say(admin::add_channel(&engine, args.into()).await?),
                Command::User(UserCommand::Add { workspace, email, role }) => {
                    say(admin::add_user(&engine, workspace, email, role).await?)
                }
                Command::User(UserCommand::ResetSecondStep { workspace, email }) => {
                    say(admin::reset_second_step(&engine, workspace, email).await?)
                }
                Command::Token(TokenCommand::Add { workspace, role, name }) => {
                    say(admin::add_token(&engine, workspace, name, role).await?)
                }
                Command::Import(ImportCommand::Contacts { channel, good_rows, start, file }) => {
                    let on_fault = if good_rows { OnFault::GoodRows } else { OnFault::Nothing };
                    say(admin::import(&engine, channel, &file, on_fault, &start.into_iter().collect()).await?)
                }
                Command::Serve
                | Command::Sim(_)
                | Command::Demo(_)
                | Command::Bench(_)
                | Command::Config
                | Command::Doctor
                | Command::Restore { .. } => Ok(()),
            }
        }
    }
}

impl From<ChannelArgs> for admin::ChannelArgs {
    fn from(args: ChannelArgs) -> Self {
        Self {
            workspace: args.workspace,
            provider: args.provider,
            name: args.name,
            channel_id: args.channel_id,
            channel_secret: args.channel_secret,
            access_token: args.access_token,
            mode: if args.send_only { Mode::SendOnly } else { Mode::Full },
        }
    }
}
