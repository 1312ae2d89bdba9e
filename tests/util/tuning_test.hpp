// TuningTest: a fixture whose tests run in every setting of the translator.
//
//     struct Atomics : test::TuningTest {};
//     INSTANTIATE_TEST_SUITE_P(Tunings, Atomics, test::kTunings);
#pragma once

#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <string_view>

#include <gtest/gtest.h>

namespace wasmi::test {

struct TuningTest : testing::TestWithParam<Tuning> {
    static Config config() {
        Config c;
        c.tuning = GetParam();
        return c;
    }
    Engine engine{config()};
    Store store{engine};

    Instance instantiate(std::string_view text) {
        return Linker(store).instantiate(compile_wat(engine, text)).value();
    }
};

/// Everything on, each switch off for itself, everything off.
inline const auto kTunings =
    testing::Values(Tuning{}, Tuning{false, true, true}, Tuning{true, false, true},
                    Tuning{true, true, false}, Tuning{false, false, false});

}  // namespace wasmi::test
