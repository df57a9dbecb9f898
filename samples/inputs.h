// samples/inputs.h - what was named on the command line, as a list of files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace argent {

enum class Recursion { kNo, kYes };

struct Inputs {
  std::vector<std::filesystem::path> files;  ///< in the order of the arguments; sorted inside a folder or a pattern; no file twice
  std::vector<std::string> problems;         ///< arguments that name nothing, in words
  bool may_be_several = false;               ///< a folder or a pattern was named, or there are several files
};

/// Files stay as they are (even when missing: the loader says so); patterns (* ? [], also quoted ones) are expanded; a folder gives the
/// files in it that `is_input` accepts. Hidden files are left out of folders.
Inputs expand_inputs(const std::vector<std::string>& arguments, Recursion recursion,
                     const std::function<bool(const std::filesystem::path&)>& is_input);

/// The name without what says how it is stored: "a" for "a.CR2", "a.raw.gz" and "dir/a.raw".
std::string stem_of(const std::filesystem::path& file);

}  // namespace argent
