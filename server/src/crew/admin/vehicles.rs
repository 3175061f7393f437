//! A crew member's vehicles.

use axum::{
    extract::{Path, State as FromApp},
    response::Response,
};
use portico_wire::{CrewId, VehicleId};
use serde_json::json;

use super::{
    about, crew_path,
    show::{Typed, refuse},
};
use crate::{
    App, Result,
    audit::{self, Change},
    crew::{Vehicle, plate, store},
    error::Error,
    scope::Member as Staff,
    web::{
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

fn back(crew: CrewId) -> String {
    format!("{}#vehicles", crew_path(crew))
}

/// `POST /admin/crew/{id}/vehicles`
pub async fn add(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(crew): Id<CrewId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let member = store::get(&mut tx, crew).await?;
    let own = store::vehicles(&mut tx, crew).await?;
    let mut errors = FieldErrors::default();
    let plate = plate(&errors.required("plate", &sent.text("plate"), 20));
    if own.iter().any(|one| one.plate == plate) {
        errors.add("plate", "This vehicle is on the list already.");
    }
    let one = Vehicle {
        id: tx.id(),
        crew_id: crew,
        driver: member.name,
        plate,
        make: errors.optional("make", &sent.text("make"), 60),
        model: errors.optional("model", &sent.text("model"), 60),
        colour: errors.optional("colour", &sent.text("colour"), 40),
    };
    if !errors.is_empty() {
        drop(tx);
        let values = json!({
            "plate": sent.text("plate"), "make": sent.text("make"),
            "model": sent.text("model"), "colour": sent.text("colour"),
        });
        return refuse(&app, &session, crew, Typed::at("vehicle", values, errors)).await;
    }
    let label = one.label();
    store::insert_vehicles(&mut tx, &[one]).await?;
    let change = Change::made(&json!({ "vehicle": label }))?;
    audit::note(&mut tx, &session, "vehicle added", about(crew), change).await?;
    tx.commit().await?;
    Ok(redirect::see(&back(crew), "The vehicle is saved."))
}

/// `POST /admin/crew/{id}/vehicles/{vehicle}/remove`
pub async fn remove(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path((crew, vehicle)): Path<(String, String)>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let crew: CrewId = crew.parse().map_err(|_| Error::not_found())?;
    let vehicle: VehicleId = vehicle.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.write(&session).await?;
    let own = store::vehicles(&mut tx, crew).await?;
    let one = own.into_iter().find(|one| one.id == vehicle);
    let one = one.ok_or_else(Error::not_found)?;
    store::retire_vehicle(&mut tx, crew, vehicle).await?;
    let change = Change::removed(&json!({ "vehicle": one.label() }))?;
    audit::note(&mut tx, &session, "vehicle removed", about(crew), change).await?;
    tx.commit().await?;
    let notice = format!("{} is removed. Rosters it is on keep it.", one.plate);
    Ok(redirect::see(&back(crew), &notice))
}
