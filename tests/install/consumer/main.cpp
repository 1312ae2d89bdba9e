// Consumer of the installed library: prints the version of the linked library.
#include <wasmi/version.hpp>
#include <wasmi/wasmi.hpp>

#include <cstdio>

int other();

int main() {
    std::puts(wasmi::version());
    return other();
}
