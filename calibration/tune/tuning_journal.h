// calibration/tune/tuning_journal.h - what was measured, on disk as it comes: a run that was killed goes on where it was.
//
// Text: a head with a fingerprint of the task, then a line for each point and part of the cases. Numbers are exact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "calibration/tune/objective.h"
#include "calibration/tune/parameter_space.h"

namespace argent {

class TuningJournal {
 public:
  /// In memory alone.
  TuningJournal() = default;

  /// Begins the file, or reads what is in it and goes on behind it; a last line that was cut off is dropped. Throws Error for a file that
  /// is no journal, is damaged, is of another `task`, or can't be written.
  TuningJournal(const std::filesystem::path& path, std::uint64_t task);

  /// nullptr: not measured yet. Else it stays where it is.
  const std::vector<CaseResult>* find(const TunedValues& values, std::size_t part) const;
  /// Throws Error when it can't be written.
  const std::vector<CaseResult>& add(const TunedValues& values, std::size_t part, std::vector<CaseResult> results);

  std::size_t size() const { return known_.size(); }

 private:
  using Key = std::pair<std::size_t, TunedValues>;

  void read(std::string_view text, std::uint64_t task);
  void read_line(const std::string& line, std::size_t number);

  std::filesystem::path path_;  ///< empty: in memory
  std::ofstream file_;
  std::map<Key, std::vector<CaseResult>> known_;
};

}  // namespace argent
