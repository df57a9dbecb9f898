// models/runtime/error.h - the one exception of this library.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace argent {

/// Thrown by constructors and loaders. The text is lower case, without a final period, and says what was found, what was
/// expected and where ("imx219.yaml: unknown key tone.contrst, did you mean tone.contrast").
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// Of parts: texts, numbers, and whatever has a to_text(). `throw Error("a tensor of shape ", shape, ", expected rank ", 3)`.
  template <class First, class Second, class... More>
  Error(const First& first, const Second& second, const More&... more)
      : std::runtime_error((std::string(part(first) + part(second)) + ... + part(more))) {}

 private:
  template <class Part>
  static std::string part(const Part& part) {
    if constexpr (std::is_convertible_v<const Part&, std::string_view>)
      return std::string(std::string_view(part));
    else if constexpr (std::is_same_v<Part, char>)
      return std::string(1, part);
    else if constexpr (std::is_arithmetic_v<Part>)
      return std::to_string(part);
    else
      return to_text(part);
  }
};

}  // namespace argent
