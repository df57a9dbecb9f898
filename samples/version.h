// samples/version.h - what this program is made of.
#pragma once

#include <string>

namespace argent {

/// Argent, the libraries and the CPU target in use, a line each. Throws Error when ARGENT_CPU asks for what cannot run here.
std::string version_text();

}  // namespace argent
