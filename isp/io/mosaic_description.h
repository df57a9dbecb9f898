// isp/io/mosaic_description.h - private: what describes a mosaic, as text.
#pragma once

#include <string>

#include "isp/io/mosaic_file.h"

namespace argent {

/// Reads YAML as load_mosaic_description() does. Throws Error, which names the line, not the file.
MosaicDescription parse_mosaic_description(const std::string& yaml);

/// Throws Error when a fact that load_mosaic() needs is missing or a number is nonsense.
void check(const MosaicDescription& description);

}  // namespace argent
