package syntax

// Op identifies a function of the language. Let, Lambda, Var, object literals
// and quoted data are nodes of their own and have no Op.
type Op uint16

// The functions, grouped as the fact sheet groups them (fql-v4 section 3).
const (
	// basic
	OpIf Op = iota + 1
	OpDo
	OpCall
	OpAbort
	OpAt
	OpQuery

	// logic and comparison
	OpAnd
	OpOr
	OpNot
	OpEquals
	OpLT
	OpLTE
	OpGT
	OpGTE

	// paths
	OpSelect
	OpSelectAll
	OpSelectAsIndex
	OpContainsPath
	OpContains
	OpContainsField
	OpContainsValue

	// collections and objects
	OpMap
	OpForeach
	OpFilter
	OpReduce
	OpTake
	OpDrop
	OpPrepend
	OpAppend
	OpIsEmpty
	OpIsNonEmpty
	OpMerge

	// folds
	OpCount
	OpSum
	OpMean
	OpMin
	OpMax
	OpAny
	OpAll

	// strings
	OpConcat
	OpCasefold
	OpRegexEscape
	OpStartsWith
	OpEndsWith
	OpContainsStr
	OpContainsStrRegex
	OpFindStr
	OpFindStrRegex
	OpLength
	OpLowerCase
	OpUpperCase
	OpTitleCase
	OpTrim
	OpLTrim
	OpRTrim
	OpNGram
	OpRepeat
	OpReplaceStr
	OpReplaceStrRegex
	OpSpace
	OpSubString
	OpFormat

	// numbers
	OpAdd
	OpSubtract
	OpMultiply
	OpDivide
	OpModulo
	OpBitAnd
	OpBitOr
	OpBitXor
	OpBitNot
	OpAbs
	OpCeil
	OpFloor
	OpSign
	OpSqrt
	OpRound
	OpTrunc

	// trigonometry and logarithms
	OpAcos
	OpAsin
	OpAtan
	OpCos
	OpCosh
	OpSin
	OpSinh
	OpTan
	OpTanh
	OpDegrees
	OpRadians
	OpExp
	OpLn
	OpLog
	OpHypot
	OpPow

	// refs and ids
	OpRef
	OpDatabaseOf
	OpIndexOf
	OpClassOf
	OpCollectionOf
	OpFunctionOf
	OpRoleOf
	OpAccessProviderOf
	OpNewID
	OpNextID

	// native collections
	OpDatabases
	OpIndexes
	OpClasses
	OpCollections
	OpKeys
	OpTokens
	OpCredentials
	OpFunctions
	OpRoles
	OpAccessProviders

	// sets
	OpSingleton
	OpEvents
	OpDocuments
	OpMatch
	OpUnion
	OpIntersection
	OpDifference
	OpDistinct
	OpRange
	OpJoin
	OpReverse

	// reads
	OpGet
	OpExists
	OpFirst
	OpLast
	OpPaginate
	OpKeyFromSecret

	// writes
	OpCreate
	OpUpdate
	OpReplace
	OpDelete
	OpInsert
	OpRemove
	OpCreateCollection
	OpCreateClass
	OpCreateDatabase
	OpCreateIndex
	OpCreateKey
	OpCreateFunction
	OpCreateRole
	OpCreateAccessProvider
	OpMoveDatabase

	// auth
	OpLogin
	OpLogout
	OpIdentify
	OpCurrentIdentity
	OpIdentity
	OpHasCurrentIdentity
	OpHasIdentity
	OpCurrentToken
	OpHasCurrentToken

	// time and date
	OpTimeOf
	OpNow
	OpEpoch
	OpDateOf
	OpToMicros
	OpToMillis
	OpToSeconds
	OpSecond
	OpMinute
	OpHour
	OpDayOfMonth
	OpDayOfWeek
	OpDayOfYear
	OpMonth
	OpYear
	OpTimeAdd
	OpTimeSubtract
	OpTimeDiff

	// conversions
	OpToString
	OpToNumber
	OpToDouble
	OpToInteger
	OpToTime
	OpToDate
	OpToObject
	OpToArray

	// type checks
	OpIsNumber
	OpIsDouble
	OpIsInteger
	OpIsBoolean
	OpIsNull
	OpIsBytes
	OpIsTimestamp
	OpIsDate
	OpIsUUID
	OpIsString
	OpIsArray
	OpIsObject
	OpIsRef
	OpIsSet
	OpIsDoc
	OpIsLambda
	OpIsCollection
	OpIsDatabase
	OpIsIndex
	OpIsFunction
	OpIsKey
	OpIsToken
	OpIsCredentials
	OpIsRole

	// NumOps is one more than the largest Op.
	NumOps
)
