#include "calibration/tune/tuning_journal.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <string_view>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "argent tuning journal 1 ";
constexpr std::uintmax_t kLargest = 2'000'000'000;  // bytes

std::string head_of(std::uint64_t task) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(task));
  return std::string(kMagic) + text.data() + "\n";
}

void append(std::string& line, double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), " %a", value);
  line += text.data();
}

/// "part count values.. cases [updates measures measure..].."
std::string line_of(std::size_t part, const TunedValues& values, const std::vector<CaseResult>& results) {
  std::string line = std::to_string(part) + " " + std::to_string(values.size());
  for (double value : values) append(line, value);
  line += " " + std::to_string(results.size());
  for (const CaseResult& result : results) {
    line += " " + std::to_string(result.updates) + " " + std::to_string(result.measures.size());
    for (double measure : result.measures) append(line, measure);
  }
  return line + "\n";
}

class Words {
 public:
  explicit Words(const std::string& line) : text_(line) {}

  double number() {
    std::string word;
    char* end = nullptr;
    if (!(text_ >> word)) throw Error("too short");
    const double out = std::strtod(word.c_str(), &end);
    if (*end != '\0' || std::isinf(out)) throw Error("\"", word.substr(0, 40), "\" is no number");
    return out;
  }
  std::size_t count(double most) {
    const double out = number();
    if (!(out >= 0 && out <= most)) throw Error("a count is out of range");
    return static_cast<std::size_t>(out);
  }
  bool ended() { return (text_ >> std::ws).eof(); }

 private:
  std::istringstream text_;
};

}  // namespace

TuningJournal::TuningJournal(const fs::path& path, std::uint64_t task) : path_(path) {
  std::error_code error;
  if (fs::exists(path, error)) {
    const std::uintmax_t size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : kLargest + 1;
    if (error || size > kLargest) throw Error(path.string(), ": is no tuning journal");
    std::ifstream in(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(size))) throw Error(path.string(), ": can't be read");
    const std::size_t whole = text.rfind('\n') + 1;
    if (whole > 0) {
      read(std::string_view(text).substr(0, whole), task);
    } else if (!head_of(task).starts_with(text)) {
      throw Error(path.string(), ": is no tuning journal");
    }
    fs::resize_file(path, whole, error);
    if (error) throw Error(path.string(), ": can't be written: ", error.message());
  }
  file_.open(path, std::ios::binary | std::ios::app);
  if (file_ && fs::file_size(path, error) == 0) file_ << head_of(task) << std::flush;
  if (!file_) throw Error(path.string(), ": can't be written");
}

void TuningJournal::read(std::string_view text, std::uint64_t task) {
  std::istringstream lines{std::string(text)};
  std::string line;
  std::getline(lines, line);
  if (!line.starts_with(kMagic)) throw Error(path_.string(), ": is no tuning journal");
  if (line + "\n" != head_of(task))
    throw Error(path_.string(), ": was made for other cases, parameters or options; give another --state or remove it");
  for (std::size_t number = 2; std::getline(lines, line); number++) read_line(line, number);
}

void TuningJournal::read_line(const std::string& line, std::size_t number) {
  try {
    Words words(line);
    Key key{words.count(1e6), TunedValues()};
    const std::size_t values = words.count(1e4);
    for (std::size_t i = 0; i < values; i++) key.second.push_back(words.number());
    std::vector<CaseResult> results(words.count(static_cast<double>(line.size())));
    for (CaseResult& result : results) {
      result.updates = words.count(1e15);
      result.measures.resize(words.count(static_cast<double>(line.size())));
      for (double& measure : result.measures) measure = words.number();
    }
    if (!words.ended()) throw Error("too long");
    known_[std::move(key)] = std::move(results);
  } catch (const Error& error) {
    throw Error(path_.string(), ":", number, ": damaged: ", error.what());
  }
}

const std::vector<CaseResult>* TuningJournal::find(const TunedValues& values, std::size_t part) const {
  const auto found = known_.find({part, values});
  return found == known_.end() ? nullptr : &found->second;
}

const std::vector<CaseResult>& TuningJournal::add(const TunedValues& values, std::size_t part, std::vector<CaseResult> results) {
  if (file_.is_open()) {
    file_ << line_of(part, values, results) << std::flush;
    if (!file_) throw Error(path_.string(), ": can't be written");
  }
  return known_[{part, values}] = std::move(results);
}

}  // namespace argent
