#include "samples/external_command.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

bool is_name(const std::string& text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos && text[0] != '-';
}

bool can_run(const fs::path& program) {
  std::error_code error;
  return fs::is_regular_file(program, error) && ::access(program.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<fs::path> find_external_command(const std::string& name) {
  if (!is_name(name)) return std::nullopt;
  const std::string program = "argent-" + name;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error && can_run(self.parent_path() / program)) return self.parent_path() / program;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.empty() && can_run(fs::path(folder) / program)) return fs::path(folder) / program;
  }
  return std::nullopt;
}

void run_external_command(const fs::path& program, char** arguments) {
  ::execv(program.c_str(), arguments);
  throw Error(program.string() + ": cannot run: " + std::strerror(errno));
}

}  // namespace argent
