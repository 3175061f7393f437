//! The module's functions, each kept once and put beside those that look like it.
//!
//! Generic code leaves many functions that are the same or nearly so. Compression finds what is alike
//! the better the nearer it stands: this is 4 % of what a visitor downloads, and it changes nothing else.

use std::{collections::HashMap, convert::Infallible};

use anyhow::{Result, anyhow};
use wasm_encoder::{
    CodeSection, FunctionSection, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef,
};

pub fn arrange(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut wasm = wasm.to_vec();
    // Two that call one or the other of a pair are the same once the pair is one.
    while let Some(fewer) = without_doubles(&wasm)? {
        wasm = fewer;
    }
    let (mut copy, _) = copy(&wasm, Copy::default())?;
    let order = by_likeness(&copy.bodies);
    let mut places = vec![0; order.len()];
    for (to, &from) in order.iter().enumerate() {
        places[from] = to;
    }
    copy = Copy {
        places,
        order,
        ..Copy::default()
    };
    Ok(self::copy(&wasm, copy)?.1)
}

/// `None`: there are none.
fn without_doubles(wasm: &[u8]) -> Result<Option<Vec<u8>>> {
    let (read, _) = copy(wasm, Copy::default())?;
    let mut known = HashMap::new();
    let (mut places, mut order) = (Vec::new(), Vec::new());
    for (at, function) in read.types.iter().zip(&read.bodies).enumerate() {
        let next = order.len();
        let place = *known.entry(function).or_insert(next);
        if place == next {
            order.push(at);
        }
        places.push(place);
    }
    if places.len() == order.len() {
        return Ok(None);
    }
    let copy = Copy {
        places,
        order,
        ..Copy::default()
    };
    Ok(Some(self::copy(wasm, copy)?.1))
}

/// Each followed by the one that is most like it of those that are left: by how many of the runs of three
/// bytes that either has are in both.
fn by_likeness(bodies: &[Vec<u8>]) -> Vec<usize> {
    let mut holders = HashMap::<u32, Vec<usize>>::new();
    let mut runs = Vec::new();
    for (at, body) in bodies.iter().enumerate() {
        let three = |run: &[u8]| u32::from_be_bytes([0, run[0], run[1], run[2]]);
        let mut all: Vec<u32> = body.windows(3).map(three).collect();
        all.sort_unstable();
        all.dedup();
        for run in &all {
            holders.entry(*run).or_default().push(at);
        }
        runs.push(all);
    }
    let mut order = Vec::new();
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut next = left.iter().copied().max_by_key(|&at| bodies[at].len());
    while let Some(here) = next {
        order.push(here);
        left.retain(|&at| at != here);
        let mut shared = vec![0_usize; bodies.len()];
        for run in &runs[here] {
            for &holder in &holders[run] {
                shared[holder] += 1;
            }
        }
        let likeness = |at: usize| {
            let either = runs[here].len() + runs[at].len() - shared[at];
            shared[at] * 1_000_000 / either.max(1)
        };
        next = left.iter().copied().max_by_key(|&at| likeness(at));
    }
    order
}

/// Writes a module again, its functions in another order.
#[derive(Default)]
struct Copy {
    imported: u32,
    /// Where each function goes; empty: where it is.
    places: Vec<usize>,
    /// Which function stands at each place; empty: the one that does.
    order: Vec<usize>,
    types: Vec<u32>,
    bodies: Vec<Vec<u8>>,
}

fn copy(wasm: &[u8], mut copy: Copy) -> Result<(Copy, Vec<u8>)> {
    for part in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(imports) = part? {
            for import in imports.into_imports() {
                copy.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
            }
        }
    }
    let mut module = Module::new();
    copy.parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| anyhow!("the portal's module cannot be arranged: {error}"))?;
    Ok((copy, module.finish()))
}

impl Copy {
    fn ordered<'a, T>(&'a self, all: &'a [T]) -> Box<dyn Iterator<Item = &'a T> + 'a> {
        if self.order.is_empty() {
            Box::new(all.iter())
        } else {
            Box::new(self.order.iter().map(|&at| &all[at]))
        }
    }
}

impl Reencode for Copy {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        let own = index.checked_sub(self.imported);
        let place = own.and_then(|own| self.places.get(own as usize));
        Ok(place.map_or(index, |&place| self.imported + place as u32))
    }

    fn parse_function_section(
        &mut self,
        section: &mut FunctionSection,
        read: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        self.types = read.into_iter().collect::<Result<_, _>>()?;
        for kind in self.ordered(&self.types) {
            section.function(*kind);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        section: &mut CodeSection,
        read: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        utils::parse_code_section(self, section, read)?;
        for body in self.ordered(&self.bodies) {
            section.raw(body);
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        _: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Infallible>> {
        let mut written = self.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            written.instruction(&self.parse_instruction(&mut operators)?);
        }
        self.bodies.push(written.into_raw_body());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, ExportKind, ExportSection, Function, FunctionSection, Instruction, Module,
        TypeSection, ValType,
    };
    use wasmparser::{Parser, Payload, Validator};

    use super::arrange;

    /// Two ways to make one number, two that call one of them each, and an export of each caller.
    fn a_module() -> Vec<u8> {
        let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
        let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
        types.ty().function([], [ValType::I32]);
        let bodies = [
            Instruction::I32Const(7),
            Instruction::Call(2),
            Instruction::I32Const(7),
            Instruction::Call(0),
        ];
        for body in bodies {
            functions.function(0);
            let mut function = Function::new([]);
            function.instruction(&body).instruction(&Instruction::End);
            code.function(&function);
        }
        exports.export("a", ExportKind::Func, 1);
        exports.export("b", ExportKind::Func, 3);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&functions)
            .section(&exports)
            .section(&code);
        module.finish()
    }

    #[test]
    fn what_is_the_same_is_kept_once_and_still_called() {
        let arranged = arrange(&a_module()).unwrap();
        Validator::new().validate_all(&arranged).unwrap();
        let (mut bodies, mut exported) = (0, Vec::new());
        for part in Parser::new(0).parse_all(&arranged) {
            match part.unwrap() {
                Payload::CodeSectionStart { count, .. } => bodies = count,
                Payload::ExportSection(exports) => {
                    exported.extend(exports.into_iter().map(|it| it.unwrap().index));
                }
                _ => {}
            }
        }
        assert_eq!(bodies, 2);
        assert_eq!(exported.len(), 2);
        assert_eq!(exported[0], exported[1]);
    }
}
