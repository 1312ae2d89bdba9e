// wasmi-mutate: changes single bytes of modules and runs what comes out.
//
//     wasmi-mutate COUNT SEED FILE...
//
// Each file is changed COUNT times, at places that follow from SEED; a crash, a sanitizer's finding
// or an error without words ends the program. Prints how the mutants ended.
#include "tests/util/run_hostile.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: wasmi-mutate COUNT SEED FILE...\n", stderr);
        return 2;
    }
    const unsigned long count = std::strtoul(argv[1], nullptr, 10);
    std::mt19937_64 random(std::strtoull(argv[2], nullptr, 10));
    for (int i = 3; i < argc; ++i) {
        std::ifstream in(argv[i], std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(in), {}};
        if (content.empty()) {
            std::fprintf(stderr, "wasmi-mutate: cannot read %s\n", argv[i]);
            return 2;
        }
        std::vector<char> bytes(content.begin(), content.end());
        unsigned long ends[3] = {};
        for (unsigned long n = 0; n < count; ++n) {
            const std::size_t at = random() % bytes.size();
            const char was = bytes[at];
            do {
                bytes[at] = static_cast<char>(random() & 0xFF);
            } while (bytes[at] == was);
            // If this one crashes, the last line tells which.
            std::fprintf(stderr, "\r%s byte %zu = 0x%02x   ", argv[i], at,
                         static_cast<unsigned>(static_cast<unsigned char>(bytes[at])));
            const auto end = wasmi::test::run_hostile(std::as_bytes(std::span(bytes)));
            ++ends[static_cast<std::size_t>(end)];
            bytes[at] = was;
        }
        std::fprintf(stderr, "\n");
        std::printf("%s: %lu refused, %lu not linked, %lu ran\n", argv[i], ends[0], ends[1],
                    ends[2]);
    }
    return 0;
}
