// samples/picture_xmp.h - what develop did, as the XMP of the picture.
#pragma once

#include <filesystem>
#include <string>

#include "aaa/decision.h"
#include "samples/output_names.h"
#include "samples/settings.h"

namespace argent {

/// What the packet is about. Refers to what its maker holds.
struct DevelopedPhoto {
  const std::filesystem::path& file;
  const PlannedOutput& output;
  const RawFrame& frame;
  const Settings& settings;
  const DevelopChoices& choices;
  const Controls& controls;  ///< what the picture was rendered with
  const Decision& decision;  ///< what 3A made of the frame
};

/// xmp:CreatorTool, dc:source (the name of the file, without its folder), tiff:Make and Model, xmp:CreateDate, aux:Lens, and of Argent:
/// version, preset, parameters that are not at their defaults, white balance (how, gains, kelvin), digital gain, and the reasons and
/// measures of exposure, white balance and focus. Absent is absent.
std::string xmp_of(const DevelopedPhoto& photo);

}  // namespace argent
