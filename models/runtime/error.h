// models/runtime/error.h - the one exception of this library.
#pragma once

#include <stdexcept>

namespace argent {

/// Thrown by constructors and loaders. The text is lower case, without a final period, and says what was found, what was
/// expected and where ("imx219.yaml: unknown key tone.contrst, did you mean tone.contrast").
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace argent
