#include "samples/lens_shelf.h"

#include "models/runtime/error.h"

namespace argent {

FoundLens LensShelf::find(const RawFrame& frame, const std::string& lens, float focal_length) {
  if (lens == "off") return {};
  if (lens != "auto") return {database().find(frame, lens, focal_length), {}};
  if (frame.sensor.make.empty()) return {};
  try {
    return {database().find(frame), {}};
  } catch (const Error& error) {  // a preset may have asked: the picture comes all the same
    return {nullptr, std::string(error.what()) + ", no lens is corrected"};
  }
}

const LensDatabase& LensShelf::database() {
  std::call_once(loaded_, [&] { database_ = std::make_unique<const LensDatabase>(); });
  return *database_;
}

}  // namespace argent
