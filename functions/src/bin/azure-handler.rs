//! `azure-handler`: the functions as a custom handler of Azure Functions.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use honeytriage::handlers::App;
use honeytriage::hosts::azure::router;
use honeytriage::settings::Settings;

/// Where it listens if no host says: for a try by hand.
const PORT: u16 = 8080;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("azure-handler: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_env()?.of_host()?;
    // The host calls 127.0.0.1 and nothing else.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port.unwrap_or(PORT)));
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router(Arc::new(App::new(settings)))).await?;
    Ok(())
}
