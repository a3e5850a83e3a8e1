//! `lambda-handler`: one of the functions on AWS Lambda; `HONEYTRIAGE_FUNCTION` says which.

use std::process::ExitCode;
use std::sync::Arc;

use honeytriage::hosts::lambda::{Invocation, Lambda};
use honeytriage::settings::Settings;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lambda-handler: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Error> {
    let settings = Settings::from_env()?.of_host()?;
    let lambda = Arc::new(Lambda::new(settings.function()?, settings));
    let handle = service_fn(move |event: LambdaEvent<Value>| {
        let lambda = Arc::clone(&lambda);
        async move {
            let call = Invocation { id: &event.context.request_id, deadline: event.context.deadline() };
            Box::pin(lambda.handle(event.payload, call)).await.map_err(Error::from)
        }
    });
    lambda_runtime::run(handle).await
}
