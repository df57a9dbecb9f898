// samples/tuning_folders.h - which folder of Raspberry Pi tunings belongs to which folder of labelled pictures.
#pragma once

#include <string>
#include <vector>

namespace argent {

/// One for each of `folders`, in their order: empty where none is needed, or none was given. `tunings`: one for all folders that need it,
/// or one for each of these. Throws UsageError for another number of them, and for a folder that is given twice.
std::vector<std::string> tunings_of(const std::vector<std::string>& folders, const std::vector<std::string>& tunings);

}  // namespace argent
