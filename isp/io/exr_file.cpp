#include "isp/io/exr_file.h"

#include <OpenEXR/ImfFrameBuffer.h>
#include <OpenEXR/ImfHeader.h>
#include <OpenEXR/ImfInputFile.h>
#include <OpenEXR/openexr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kPart = 0;
constexpr std::array<const char*, 3> kChannels{"R", "G", "B"};
// OpenEXR takes memory for whole lines of all channels, read or not.
constexpr int kMaxChannels = 64;
// Blocks of one value each shrink a lot; nothing that shows anything goes below a bit a pixel.
constexpr long long kMaxPixelsPerByte = 1024;

void expect(exr_result_t result, const char* what) {
  if (result == EXR_ERR_SUCCESS) return;
  const char* reason = exr_get_default_error_message(result);
  throw Error(std::string(what) + (reason != nullptr ? ": " + std::string(reason) : ""));
}

/// The library prints to stderr unless somebody else takes its messages.
void keep_silent(exr_const_context_t, exr_result_t, const char*) {}

/// The headers alone, by the C library: the C++ one takes memory for lines before it can be asked how long they are, and the C one does not
/// know every compression (3.1: DWA).
class ExrHeader {
 public:
  explicit ExrHeader(const std::filesystem::path& path) {
    exr_context_initializer_t settings = EXR_DEFAULT_CONTEXT_INITIALIZER;
    settings.error_handler_fn = &keep_silent;
    expect(exr_start_read(&context_, path.c_str(), &settings), "is not an OpenEXR file that can be read");
  }
  ~ExrHeader() { exr_finish(&context_); }
  ExrHeader(const ExrHeader&) = delete;
  ExrHeader& operator=(const ExrHeader&) = delete;

  exr_const_context_t get() const { return context_; }

 private:
  exr_context_t context_ = nullptr;
};

void check_channels(exr_const_context_t context) {
  const exr_attr_chlist_t* list = nullptr;
  expect(exr_get_channels(context, kPart, &list), "has no channels");
  if (list->num_channels > kMaxChannels)
    throw Error("has " + std::to_string(list->num_channels) + " channels, expected at most " + std::to_string(kMaxChannels));
  for (std::string_view name : kChannels) {
    const exr_attr_chlist_entry_t* found = nullptr;
    for (int i = 0; i < list->num_channels; i++) {
      if (std::string_view(list->entries[i].name.str) == name) found = &list->entries[i];
    }
    if (found == nullptr) throw Error("has no channel " + std::string(name) + ", expected R, G and B");
    if (found->x_sampling != 1 || found->y_sampling != 1)
      throw Error("channel " + std::string(name) + " is subsampled, expected all pixels");
  }
}

using Primaries = std::array<float, 8>;  // x and y of red, green, blue and white

/// Rec. 709's, also adapted to D50, as ICC profiles have them and editors write them: the same numbers mean the same colors.
constexpr std::array<Primaries, 2> kRec709{
    {{0.64f, 0.33f, 0.3f, 0.6f, 0.15f, 0.06f, 0.3127f, 0.329f}, {0.6484f, 0.3309f, 0.3212f, 0.5979f, 0.1559f, 0.066f, 0.3457f, 0.3585f}}};

void check_primaries(exr_const_context_t context) {
  exr_attr_chromaticities_t found;
  if (exr_attr_get_chromaticities(context, kPart, "chromaticities", &found) != EXR_ERR_SUCCESS) return;  // none: Rec. 709 by the format
  const Primaries file{found.red_x, found.red_y, found.green_x, found.green_y, found.blue_x, found.blue_y, found.white_x, found.white_y};
  const auto is_file = [&](const Primaries& known) {
    return std::equal(file.begin(), file.end(), known.begin(), [](float a, float b) { return std::abs(a - b) < 0.002f; });
  };
  if (std::none_of(kRec709.begin(), kRec709.end(), is_file)) throw Error("has primaries of its own, expected those of Rec. 709");
}

Size size_of(const exr_attr_box2i_t& window, long long file_size) {
  const long long width = 1LL + window.max.x - window.min.x, height = 1LL + window.max.y - window.min.y;
  const std::string found = std::to_string(width) + "x" + std::to_string(height) + " pixels";
  if (width < 1 || height < 1) throw Error("is empty");
  if (width > kMaxExrPixels / height)
    throw Error(found + " are more than the " + std::to_string(kMaxExrPixels) + " that are taken for true");
  if (width * height / kMaxPixelsPerByte > file_size) throw Error(found + " cannot be in " + std::to_string(file_size) + " bytes");
  return {static_cast<int>(width), static_cast<int>(height)};
}

/// By this thread alone.
void decode(const std::filesystem::path& path, const exr_attr_box2i_t& window, Image& image) {
  try {
    Imf::InputFile file(path.c_str(), 0);
    const Imath::Box2i found = file.header().dataWindow();
    const Imath::Box2i expected({window.min.x, window.min.y}, {window.max.x, window.max.y});
    if (found != expected) throw Error("says two sizes");
    Imf::FrameBuffer buffer;
    for (std::size_t c = 0; c < kChannels.size(); c++) {
      void* first = image.data() + c * sizeof(float);
      buffer.insert(kChannels[c],
                    Imf::Slice::Make(Imf::FLOAT, first, found, Image::kChannels * sizeof(float), static_cast<std::size_t>(image.stride())));
    }
    file.setFrameBuffer(buffer);
    file.readPixels(found.min.y, found.max.y);
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw Error("needs more memory than there is");
  } catch (const std::exception&) {  // its texts have many lines
    throw Error("is damaged or breaks off");
  }
}

Image read(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) throw Error("no such file");
  if (!std::filesystem::is_regular_file(path, error)) throw Error("is not a file");
  const auto file_size = static_cast<long long>(std::filesystem::file_size(path, error));
  const ExrHeader header(path);
  exr_storage_t storage = EXR_STORAGE_LAST_TYPE;
  expect(exr_get_storage(header.get(), kPart, &storage), "has no pictures");
  if (storage != EXR_STORAGE_SCANLINE) throw Error("is tiled or deep, expected scan lines");
  check_channels(header.get());
  check_primaries(header.get());
  exr_attr_box2i_t window;
  expect(exr_get_data_window(header.get(), kPart, &window), "has no data window");
  const Size size = size_of(window, file_size);

  BufferPool pool;
  Image image(pool, size, PixelType::kF32, Encoding::kLinear, ColorSpace::kSrgb);
  decode(path, window, image);
  return image;
}

}  // namespace

Image load_exr(const std::filesystem::path& path) {
  try {
    return read(path);
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  }
}

}  // namespace argent
