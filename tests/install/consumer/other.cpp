// Second includer of the umbrella header: fails to link if a header defines something twice.
#include <wasmi/wasmi.hpp>

int other();

int other() { return 0; }
