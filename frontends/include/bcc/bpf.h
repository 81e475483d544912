/* In the language without including anything. */
#pragma once
