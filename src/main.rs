//! The app that people see. It uses the library by its public name only.

mod app;

fn main() {
    app::start();
}
