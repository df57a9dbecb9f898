#include "samples/inputs.h"

#include <glob.h>

#include <algorithm>
#include <set>

namespace argent {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& file) { return file.filename().string().starts_with('.'); }

template <class Iterator>
std::vector<fs::path> candidates(Iterator entry, const std::function<bool(const fs::path&)>& is_input) {
  std::vector<fs::path> found;
  std::error_code unreadable;
  for (; entry != Iterator(); entry.increment(unreadable)) {
    if constexpr (std::is_same_v<Iterator, fs::recursive_directory_iterator>) {
      if (is_hidden(entry->path()) && entry->is_directory(unreadable)) entry.disable_recursion_pending();
    }
    if (!is_hidden(entry->path()) && entry->is_regular_file(unreadable) && is_input(entry->path())) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> files_in(const fs::path& folder, Recursion recursion, const std::function<bool(const fs::path&)>& is_input,
                               std::error_code& error) {
  const auto skip = fs::directory_options::skip_permission_denied;
  if (recursion == Recursion::kYes) return candidates(fs::recursive_directory_iterator(folder, skip, error), is_input);
  return candidates(fs::directory_iterator(folder, error), is_input);
}

std::vector<fs::path> matches(const std::string& pattern) {
  glob_t result{};
  std::vector<fs::path> found;
  if (::glob(pattern.c_str(), GLOB_TILDE, nullptr, &result) == 0) found.assign(result.gl_pathv, result.gl_pathv + result.gl_pathc);
  ::globfree(&result);
  return found;
}

bool is_pattern(const std::string& text) { return text.find_first_of("*?[") != std::string::npos; }

class InputList {
 public:
  InputList(Recursion recursion, const std::function<bool(const fs::path&)>& is_input) : recursion_(recursion), is_input_(is_input) {}

  void add_argument(const std::string& argument) {
    std::error_code error;
    if (argument.empty()) return problem("an empty file name was given");
    // A file whose own name holds * ? [ is that file, not a pattern.
    if (!fs::exists(argument, error) && is_pattern(argument)) return add_pattern(argument);
    if (fs::is_directory(argument, error)) return add_folder(argument);
    add_file(argument);
  }

  Inputs take() {
    inputs_.may_be_several |= inputs_.files.size() > 1;
    return std::move(inputs_);
  }

 private:
  void add_pattern(const std::string& pattern) {
    inputs_.may_be_several = true;
    const std::vector<fs::path> found = matches(pattern);
    if (found.empty()) return problem(pattern + ": no file matches");
    std::error_code error;
    for (const fs::path& path : found) fs::is_directory(path, error) ? add_folder(path) : add_file(path);
  }

  void add_folder(const fs::path& folder) {
    inputs_.may_be_several = true;
    std::error_code error;
    const std::vector<fs::path> found = files_in(folder, recursion_, is_input_, error);
    if (error) return problem(folder.string() + ": cannot read the folder: " + error.message());
    const char* advice = recursion_ == Recursion::kYes ? "" : " (--recursive looks into the folders inside)";
    if (found.empty()) return problem(folder.string() + ": no RAW files or mosaics in this folder" + advice);
    for (const fs::path& file : found) add_file(file);
  }

  void add_file(const fs::path& file) {
    std::error_code error;
    // Links stay files of their own: two names are two pictures.
    const fs::path absolute = fs::absolute(file, error).lexically_normal();
    if (seen_.insert(error ? file : absolute).second) inputs_.files.push_back(file);
  }

  void problem(std::string text) { inputs_.problems.push_back(std::move(text)); }

  Recursion recursion_;
  const std::function<bool(const fs::path&)>& is_input_;
  std::set<fs::path> seen_;
  Inputs inputs_;
};

}  // namespace

Inputs expand_inputs(const std::vector<std::string>& arguments, Recursion recursion,
                     const std::function<bool(const std::filesystem::path&)>& is_input) {
  InputList list(recursion, is_input);
  for (const std::string& argument : arguments) list.add_argument(argument);
  return list.take();
}

std::string stem_of(const std::filesystem::path& file) {
  fs::path name = file.filename();
  if (name.extension() == ".gz") name = name.stem();
  return name.stem().string();
}

}  // namespace argent
