//! A virtual machine with the stand-ins in it, and the loop that lets one thread after the other go on.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use mlua::chunk::Compiler;
use mlua::{Function, IntoLuaMulti as _, Lua, MultiValue, Result, Table, Thread};

use crate::clock::Clock;
use crate::scheduler::{Arrival, Next, Scheduler};
use crate::services::{Shared, natives, to_table};
use crate::stream::Happening;

const PRELUDE: &str = include_str!("prelude.luau");
const STREAMS: &str = include_str!("streams.luau");
/// What a script ends with where one of its threads failed, or waits for what never comes.
const FAILED: u8 = 1;

/// One script's world.
pub struct Machine {
    lua: Lua,
    shared: Rc<Shared>,
}

impl Machine {
    /// Make one; `native` compiles every script to machine code, as Roblox does on its servers where it is asked to.
    pub fn new(native: bool, unix_time: Option<f64>, arguments: &[String]) -> Result<Self> {
        let lua = Lua::new();
        lua.set_compiler(Compiler::new().set_optimization_level(2).set_debug_level(1));
        lua.enable_jit(native);
        let clock = Rc::new(Clock::beginning_at(unix_time));
        let shared = Rc::new(Shared {
            scheduler: RefCell::new(Scheduler::new(Rc::clone(&clock))),
            clock,
            failed: Cell::new(false),
            exit: Cell::new(None),
        });
        let natives = natives(&lua, &shared)?;
        let streams: Table = lua.load(STREAMS).set_name("=sim").call(&natives)?;
        let prelude: Function = lua.load(PRELUDE).set_name("=sim").into_function()?;
        prelude.call::<()>((natives, streams, lua.create_sequence_from(arguments.iter().cloned())?))?;
        lua.sandbox(true)?;
        Ok(Self { lua, shared })
    }

    /// Run a file until nothing is left to do; the exit code is what it asked for, or whether all went well.
    pub fn run(&self, file: &str) -> Result<u8> {
        let main: Function = self.lua.load(Path::new(file)).set_name(format!("@{file}")).into_function()?;
        let main = self.lua.create_thread(main)?;
        self.resume(&main, MultiValue::new());
        while self.shared.exit.get().is_none() {
            let next = self.shared.scheduler.borrow_mut().next();
            match next {
                Next::Resume(thread, values) => self.resume(&thread, values),
                Next::Arrived(thread, arrival) => self.arrive(&thread, arrival)?,
                Next::Happened(listener, happening) => self.tell(listener, happening)?,
                Next::Nothing => break,
            }
        }
        if let Some(code) = self.shared.exit.get() {
            return Ok(code);
        }
        if main.is_resumable() {
            eprintln!("{file} waits for what never comes");
            return Ok(FAILED);
        }
        Ok(if self.shared.failed.get() { FAILED } else { 0 })
    }

    fn arrive(&self, thread: &Thread, arrival: Arrival) -> Result<()> {
        let values = match arrival {
            Ok(answer) => (true, to_table(&self.lua, answer)?).into_lua_multi(&self.lua)?,
            Err(sentence) => (false, sentence).into_lua_multi(&self.lua)?,
        };
        self.resume(thread, values);
        Ok(())
    }

    fn tell(&self, listener: Function, happening: Happening) -> Result<()> {
        let values = match happening {
            Happening::Opened { status, headers } => ("Opened", status, headers).into_lua_multi(&self.lua)?,
            Happening::Message(data) => {
                ("MessageReceived", self.lua.create_string(data)?).into_lua_multi(&self.lua)?
            }
            Happening::Failed { status, sentence } => {
                ("Error", status, sentence).into_lua_multi(&self.lua)?
            }
            Happening::Ended => ("Closed",).into_lua_multi(&self.lua)?,
        };
        self.resume(&self.lua.create_thread(listener)?, values);
        Ok(())
    }

    fn resume(&self, thread: &Thread, values: MultiValue) {
        // A thread that was cancelled meanwhile stays where it is.
        if !thread.is_resumable() {
            return;
        }
        if let Err(error) = thread.resume::<MultiValue>(values) {
            eprintln!("{error}");
            self.shared.failed.set(true);
        }
    }
}
