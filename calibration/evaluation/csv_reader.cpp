#include "calibration/evaluation/csv_reader.h"

#include <string_view>

#include "models/runtime/error.h"

namespace argent {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

/// Takes a cell in quotes, two of which stand for one, from the front of `line`; nullopt when the quotes don't end.
std::optional<std::string> take_quoted(std::string_view& line) {
  std::string cell;
  for (std::size_t i = 1; i < line.size(); i++) {
    if (line[i] != '"') {
      cell += line[i];
    } else if (i + 1 < line.size() && line[i + 1] == '"') {
      cell += line[i++];
    } else {
      line.remove_prefix(i + 1);
      return cell;
    }
  }
  return std::nullopt;
}

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& path) : path_(path.string()) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) throw Error(path_, ": no such file");
  file_.open(path, std::ios::binary);
  if (!file_) throw Error(path_, ": can't be read");
}

CsvReader::Line CsvReader::read_line() {
  text_.clear();
  line_++;
  bool too_long = false;
  std::streambuf& bytes = *file_.rdbuf();
  for (int c = bytes.sbumpc(); c != '\n'; c = bytes.sbumpc()) {
    if (c == std::char_traits<char>::eof()) {
      if (text_.empty() && !too_long) return Line::kEnd;
      break;
    }
    if (text_.size() < kLongestLine) {
      text_ += static_cast<char>(c);
    } else {
      too_long = true;
    }
  }
  if (text_.ends_with('\r')) text_.pop_back();
  if (line_ == 1 && text_.starts_with("\xef\xbb\xbf")) text_.erase(0, 3);  // the mark that spreadsheets put before UTF-8
  return too_long ? Line::kTooLong : Line::kWhole;
}

std::optional<std::vector<std::string>> CsvReader::next() {
  do {
    const Line found = read_line();
    if (found == Line::kEnd) return std::nullopt;
    if (found == Line::kTooLong) throw Error(place(), ": a line of more than ", kLongestLine, " bytes");
  } while (trimmed(text_).empty());
  std::vector<std::string> cells;
  for (std::string_view rest = text_;;) {
    const std::size_t start = rest.find_first_not_of(" \t");
    if (start != std::string_view::npos && rest[start] == '"') {
      rest.remove_prefix(start);
      const std::optional<std::string> cell = take_quoted(rest);
      if (!cell || !(trimmed(rest).empty() || trimmed(rest).front() == ',')) throw Error(place(), ": a quote that doesn't end its cell");
      cells.push_back(*cell);
    } else {
      cells.emplace_back(trimmed(rest.substr(0, rest.find(','))));
    }
    const std::size_t comma = rest.find(',');
    if (comma == std::string_view::npos) return cells;
    rest.remove_prefix(comma + 1);
  }
}

std::string CsvReader::place() const { return path_ + ":" + std::to_string(line_); }

}  // namespace argent
