(module quote "(func $\"a b\" ;; x\0a (; (; ;) ;) (f64.const 1e-310) drop)" "\ef\bb")
