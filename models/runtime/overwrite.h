// models/runtime/overwrite.h - what becomes of a file that is there already.
#pragma once

namespace argent {

/// kNo: it is kept, and whoever wanted to write throws Error. kYes: replaced, at once and whole.
enum class Overwrite { kNo, kYes };

}  // namespace argent
